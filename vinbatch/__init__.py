"""vinbatch declares imported vehicles to China's Single Window in bulk, from spreadsheets."""

__version__ = "0.1.0"
