"""The replay tool."""
