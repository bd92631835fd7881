"""The page's fonts, the system's own: nothing is fetched from another host.

Latin ones come before Chinese ones, which would make an English apostrophe as wide as a Chinese character.
"""

FONTS = (
    "ui-sans-serif",
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "Arial",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
)
