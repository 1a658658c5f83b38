"""The domain: what a petition is and what the law says of it.

Pure: standard library and pydantic only; reads nothing but its own packaged data.
"""
