"""How the Annual is read and measured."""
