"""Tests of the web edge."""
