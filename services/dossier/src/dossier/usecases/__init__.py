"""What officers and clients do with dossiers: functions that tell the story in order."""
