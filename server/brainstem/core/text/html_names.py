"""Names of HTML elements and attributes, by how rich text treats them. Data only."""

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

# HTML elements that are removed, though mostly not their contents. Anything with another name is text, not a tag:
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
# Those that change how everything after them is parsed.
SWALLOWING = {
    "applet", "body", "form", "frameset", "head", "html", "iframe", "listing", "marquee", "math", "noembed", "noframes",
    "noscript", "object", "plaintext", "portal", "script", "select", "style", "svg", "template", "textarea", "title",
    "xmp",
}  # fmt: skip
# Attributes without a value. An allowed tag containing any other bare word is text: x <a or b> y.
ALONE = {"checked", "compact", "disabled", "hidden", "inert", "ismap", "itemscope", "noshade", "nowrap", "reversed"}

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Starting one of these closes an open element without an end tag: <li>one<li>two.
ENDS_OPEN = {
    "li": {"li", "p"}, "p": {"p"}, "tr": {"tr", "td", "th", "p"}, "td": {"td", "th", "p"}, "th": {"td", "th", "p"},
    "dd": {"dd", "dt", "p"}, "dt": {"dd", "dt", "p"}, "tbody": {"tr", "td", "th", "p", "thead", "tbody"},
}  # fmt: skip
# Inside one of these, the end of an element opened before it is not searched for.
WALLS = {"table", "td", "th", "caption"}
# Content with other parsing rules; its tags would be removed anyway.
FOREIGN = {"applet", "marquee", "math", "object", "select", "svg", "template"}
