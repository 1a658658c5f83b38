"""The casebook: tables, migrations, encryption, files, outbox. The only place with SQL."""
