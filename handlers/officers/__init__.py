"""What officers read and press: cards, inboxes, answers; in their unit's group and in private."""
