"""The page in Firefox and in WebKit (Safari's engine): what matters most, by hand on the real page."""
