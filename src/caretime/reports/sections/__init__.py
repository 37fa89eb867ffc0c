"""The parts of the report's page, one module each; each returns markup."""
