"""The look: the style, the layout and the signatures that every page shares."""
