"""Names of HTML's elements and attributes, by what becomes of them in rich text. Facts alone."""

from __future__ import annotations

RICH_TEXT_TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p",
    "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
RICH_TEXT_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}

# Elements of HTML that are not kept, though their contents mostly are. What has any other name is no tag but a text:
# <P30 excluded, x <y and z> w, <alice@example.org>.
DROPPED = {
    "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "base", "basefont", "bdi", "bdo",
    "bgsound", "big", "blink", "body", "button", "canvas", "caption", "center", "cite", "col", "colgroup", "data",
    "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt", "embed", "fieldset",
    "figcaption", "figure", "font", "footer", "form", "frame", "frameset", "head", "header", "hgroup", "html",
    "iframe", "image", "input", "ins", "isindex", "kbd", "keygen", "label", "legend", "link", "listing", "main",
    "map", "mark", "marquee", "math", "menu", "menuitem", "meta", "meter", "nav", "nobr", "noembed", "noframes",
    "noscript", "object", "optgroup", "option", "output", "param", "picture", "plaintext", "portal", "progress",
    "q", "rb", "rp", "rt", "rtc", "ruby", "samp", "script", "search", "section", "select", "slot", "small",
    "source", "spacer", "strike", "style", "summary", "svg", "template", "textarea", "tfoot", "time", "title",
    "track", "tt", "var", "video", "wbr", "xmp",
}  # fmt: skip
# Those of them that change how everything behind them is read.
SWALLOWING = {
    "applet", "body", "form", "frameset", "head", "html", "iframe", "listing", "marquee", "math", "noembed", "noframes",
    "noscript", "object", "plaintext", "portal", "script", "select", "style", "svg", "template", "textarea", "title",
    "xmp",
}  # fmt: skip
# Attributes that stand without a value. A kept tag with any other word in it is a text: x <a or b> y.
ALONE = {"checked", "compact", "disabled", "hidden", "inert", "ismap", "itemscope", "noshade", "nowrap", "reversed"}

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# What begins ends what is written without an end: <li>one<li>two.
ENDS_OPEN = {
    "li": {"li", "p"}, "p": {"p"}, "tr": {"tr", "td", "th", "p"}, "td": {"td", "th", "p"}, "th": {"td", "th", "p"},
    "dd": {"dd", "dt", "p"}, "dt": {"dd", "dt", "p"}, "tbody": {"tr", "td", "th", "p", "thead", "tbody"},
}  # fmt: skip
# Behind the beginning of one of these, the end of a tag that was opened before it is not looked for.
WALLS = {"table", "td", "th", "caption"}
# Contents of another kind, to which other rules apply; their tags would not stay anyway.
FOREIGN = {"applet", "marquee", "math", "object", "select", "svg", "template"}
