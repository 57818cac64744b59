class UrnConverter:
    """A URN in an address: five or six plain digits, so that nothing else reaches the database."""

    regex = "[0-9]{5,6}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value
