"""The calendar writer: invitations and feeds (RFC 5545, 5546, 7986)."""
