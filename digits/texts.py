"""Every word of the page, in English and in Chinese, each language in one place.

`text(key, language, **values)` gives one of them; the page's scripts get the same tables and fill them
in the same way, so {braces} are all there is to a template. A test fails when a language lacks a key.
Parts of the page keep their own tables in a module of their own kind (digits/train_texts.py) and are
joined in here. Next: digits/words.py picks what to say about an answer.
"""

from __future__ import annotations

LANGUAGES = {"en": "English", "zh": "中文"}

ENGLISH = {
    "title": "Digit playground",
    "lead": "Draw a digit. A small neural network reads it while you draw.",
    "language": "Language",
    "settings": "Language and looks",
    "theme": "Light or dark",
    # the pad
    "pad": "Drawing pad. Arrow keys move the pen, space puts it down or lifts it, "
    "Delete clears, 0 to 9 load a sample digit.",
    "pad_hint": "Draw a digit here",
    "undo": "Undo",
    "redo": "Redo",
    "clear": "Clear",
    "picture": "Picture",
    "camera": "Camera",
    "share": "Share",
    "share_copied": "Link copied. It opens with this drawing.",
    "share_shown": "This page's address now holds your drawing: copy it from the browser.",
    "share_nothing": "Draw something first: the link holds the drawing.",
    "share_only_strokes": "A link can hold a drawing, but not a picture.",
    "share_broken": "The link's drawing could not be read, so the pad is blank.",
    "picture_drop": "Drop the picture to have it read",
    "picture_bad": "That file could not be opened as a picture. Use a PNG or a JPEG.",
    "samples_real": "Real test digits",
    "samples_hard": "Hard ones",
    "sample_real": "{label} from MNIST’s test images",
    "sample_barred_seven": "7 with a bar, as in much of Europe and Asia",
    "sample_curled_nine": "9 with a curled tail",
    "sample_flag_one": "1 with a flag and a foot",
    "sample_open_four": "4, open at the top",
    "sample_closed_four": "4 in one line",
    "sample_looped_two": "2 with a loop",
    "sample_slashed_zero": "0 with a slash",
    "sample_flat_three": "3 with a flat top",
    "sample_corner_five": "5, small and in a corner",
    "sample_no_digit": "no digit at all",
    # the answer
    "blank": "The pad is blank",
    "blank_more": "Draw a digit from 0 to 9.",
    "sure": "It’s a {label}, {percent} sure",
    "sure_next": "It’s a {label}, {percent} sure; {other} is next",
    "either": "That could be a {label} or a {other}",
    "unsure": "Not sure that is a digit",
    "why_dots": "There are only dots so far. Draw lines.",
    "why_apart": "I see {count} shapes apart from each other. I read one digit at a time.",
    "why_unlike": "It is unlike the digits this network was trained on. {label} is its best guess.",
    "why_close": "The two shapes are close: {percent} against {other_percent}.",
    "more_than_99": "over 99 %",
    "percent": "{number} %",
    "bars": "Probability of each digit",
    "by": "{network}, {backend} on {device}, {ms} ms",
    "offline": "The server does not answer. Trying again …",
    "failed": "The drawing could not be read: {problem}",
    # who answers
    "network": "Network",
    "network_yours": "yours",
    "backend": "Backend",
    "device": "Device",
    "compare": "Compare backends",
    "compare_line": "{backend}: {label}, {percent}, {ms} ms",
    "compare_blank": "Draw something to compare.",
    # what the network sees
    "tab_see": "What it sees",
    "see_drawing": "Your drawing, boxed",
    "see_small": "Scaled to 20 × 20",
    "see_image": "Centred in 28 × 28",
    "see_shrunk": "Shrunk to 28 × 28",
    "see_lead": "The network was trained on MNIST’s digits, which were all cut out, scaled and "
    "centred. So your drawing is, too.",
    "shrink": "Just shrink it",
    "shrink_more": "as many demos do",
    "shrink_same": "Merely shrunk, it is read as {label} ({percent}); prepared, the same: "
    "{other_percent}.",
    "shrink_differs": "Merely shrunk, it is read as {label} ({percent}); prepared, it was "
    "{other} ({other_percent}).",
    "shrink_not_here": "This one has no strokes to shrink: draw something.",
    # the other tabs
    "tab_train": "Train",
    "tab_inside": "Inside",
    "tab_code": "Code",
}

CHINESE = {
    "title": "手写数字游乐场",
    "lead": "写一个数字，小小的神经网络边看你写边认。",
    "language": "语言",
    "settings": "语言和外观",
    "theme": "浅色或深色",
    "pad": "画板。方向键移动笔，空格键落笔或提笔，Delete 键清空，0 到 9 键载入一个样例数字。",
    "pad_hint": "在这里写一个数字",
    "undo": "撤销",
    "redo": "重做",
    "clear": "清空",
    "picture": "图片",
    "camera": "拍照",
    "share": "分享",
    "share_copied": "链接已复制，打开就是这幅画。",
    "share_shown": "地址栏里的网址现在带着你的画，请从浏览器复制。",
    "share_nothing": "先写点什么吧，链接里存的就是它。",
    "share_only_strokes": "链接里能存手写的画，存不了图片。",
    "share_broken": "链接里的画读不出来，画板是空白的。",
    "picture_drop": "松手，让网络读这张图片",
    "picture_bad": "这个文件不能当图片打开。请用 PNG 或 JPEG。",
    "samples_real": "真实测试数字",
    "samples_hard": "难认的写法",
    "sample_real": "MNIST 测试集里的 {label}",
    "sample_barred_seven": "带横杠的 7",
    "sample_curled_nine": "尾巴弯曲的 9",
    "sample_flag_one": "带旗和底座的 1",
    "sample_open_four": "上面开口的 4",
    "sample_closed_four": "一笔写成的 4",
    "sample_looped_two": "带圈的 2",
    "sample_slashed_zero": "带斜线的 0",
    "sample_flat_three": "平顶的 3",
    "sample_corner_five": "角落里的小 5",
    "sample_no_digit": "根本不是数字",
    "blank": "画板是空白的",
    "blank_more": "请写一个 0 到 9 的数字。",
    "sure": "这是 {label}，{percent} 确定",
    "sure_next": "这是 {label}，{percent} 确定；其次是 {other}",
    "either": "可能是 {label}，也可能是 {other}",
    "unsure": "不确定这是不是数字",
    "why_dots": "目前只有点，请画出线条。",
    "why_apart": "我看到 {count} 个分开的形状，一次只认一个数字。",
    "why_unlike": "它不像这个网络学过的数字。最接近的猜测是 {label}。",
    "why_close": "两者很接近：{percent} 对 {other_percent}。",
    "more_than_99": "超过 99%",
    "percent": "{number}%",
    "bars": "每个数字的概率",
    "by": "{network}，{backend}（{device}），{ms} 毫秒",
    "offline": "服务器没有回应，正在重试……",
    "failed": "这幅画读不了：{problem}",
    "network": "网络",
    "network_yours": "你的",
    "backend": "后端",
    "device": "设备",
    "compare": "比较后端",
    "compare_line": "{backend}：{label}，{percent}，{ms} 毫秒",
    "compare_blank": "写点什么再比较。",
    "tab_see": "网络看到的",
    "see_drawing": "你的画和外框",
    "see_small": "缩放到 20 × 20",
    "see_image": "居中放进 28 × 28",
    "see_shrunk": "直接缩小到 28 × 28",
    "see_lead": "网络是用 MNIST 的数字训练的，那些数字都经过裁切、缩放和居中。所以你的画也要照样处理。",
    "shrink": "直接缩小",
    "shrink_more": "许多演示就是这样做的",
    "shrink_same": "直接缩小，读成 {label}（{percent}）；照样处理后一样：{other_percent}。",
    "shrink_differs": "直接缩小，读成 {label}（{percent}）；照样处理时读成 {other}（{other_percent}）。",
    "shrink_not_here": "这一张没有笔画可缩，请写点什么。",
    "tab_train": "训练",
    "tab_inside": "内部",
    "tab_code": "代码",
}

TEXTS: dict[str, dict[str, str]] = {"en": ENGLISH, "zh": CHINESE}


def text(key: str, language: str = "en", **values: object) -> str:
    """The text `key` in `language` (English if that is unknown), with {names} filled in."""
    template = TEXTS.get(language, ENGLISH)[key]
    return template.format(**values) if values else template


def choose_language(wanted: object) -> str:
    """The page's language for a browser's tag such as "zh-TW" or "en-GB": "zh" or "en"."""
    return "zh" if isinstance(wanted, str) and wanted.lower().startswith("zh") else "en"
