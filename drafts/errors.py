class StaleDraft(Exception):
    """The draft was saved elsewhere since this page read it; ``draft`` is the newer one."""

    def __init__(self, draft):
        super().__init__("This draft was changed in another tab or window.")
        self.draft = draft
