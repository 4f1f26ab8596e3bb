"""The firm's brand: names, colours, font, foot, folder of pictures. Part of the settings, see portal/settings.py.

What pages make of them is in portal/brand/; docs/how-to/brand.md leads through them.
"""

from django.core.exceptions import ImproperlyConfigured

from portal.lib import env

# --- Names ---------------------------------------------------------------------------------------
PORTAL_BRAND_NAME = env.text("PORTAL_BRAND_NAME", "Northgate Securities", help="The firm's name on every page.")
PORTAL_KEY_NAME = env.text("PORTAL_KEY_NAME", "Northgate Key", help="What customers call their Key.")
PORTAL_DESKTOP_NAME = env.text("PORTAL_DESKTOP_NAME", "Northgate Desk", help="Name of the desktop program.")
PORTAL_MOBILE_NAME = env.text("PORTAL_MOBILE_NAME", "Northgate Mobile", help="Name of the mobile app.")

# --- Looks ---------------------------------------------------------------------------------------
PORTAL_BRAND_COLOUR = env.text(
    "PORTAL_BRAND_COLOUR",
    "#0b3765",
    help="Ground of the panel beside the sign-in form, the desk's bar and the head of e-mails, as #rrggbb.",
)
PORTAL_BRAND_COLOUR_DARK = env.text(
    "PORTAL_BRAND_COLOUR_DARK", "", help="The same in the dark theme; by itself a dark shade of that colour."
)
PORTAL_ACTION_COLOUR = env.text(
    "PORTAL_ACTION_COLOUR", "#0a4f97", help="Links, buttons and where somebody is, as #rrggbb; dark enough for white."
)
PORTAL_ACTION_COLOUR_DARK = env.text(
    "PORTAL_ACTION_COLOUR_DARK", "", help="The same in the dark theme; by itself a light tint of that colour."
)
PORTAL_BRAND_FONT = env.text(
    "PORTAL_BRAND_FONT", "system", help="Font, of those that devices bring along: system, humanist, serif or rounded."
)
if PORTAL_BRAND_FONT not in {"system", "humanist", "serif", "rounded"}:
    raise ImproperlyConfigured(
        f"PORTAL_BRAND_FONT must be system, humanist, serif or rounded, you gave {PORTAL_BRAND_FONT!r}."
    )
PORTAL_BRANDING_DIR = env.text(
    "PORTAL_BRANDING_DIR",
    "",
    help="Folder with logo.svg, logo-dark.svg, icon.svg and the Key's icon-192.png, icon-512.png and "
    "icon-maskable-512.png; what is missing is the portal's own.",
)

# --- At the foot ---------------------------------------------------------------------------------
PORTAL_LEGAL_NAME = env.text(
    "PORTAL_LEGAL_NAME", "", help="One line at the foot of pages, e-mails and letters: company, registration, licence."
)
PORTAL_LEGAL_LINKS = env.links(
    "PORTAL_LEGAL_LINKS",
    help="Links at the foot of every page, as a JSON object of label and address (https, or a path of the portal).",
)

# --- On the start page ---------------------------------------------------------------------------
PORTAL_LINKS = env.links(
    "PORTAL_LINKS",
    help="Your own tools on the start page: JSON of labels and addresses; {account} becomes the account's number.",
)

# --- How the firm is reached ---------------------------------------------------------------------
PORTAL_SUPPORT_PHONE = env.text("PORTAL_SUPPORT_PHONE", "+1 555 0100", help="The one number customers may call.")
PORTAL_SUPPORT_HOURS = env.mapping(
    "PORTAL_SUPPORT_HOURS",
    dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-20:00") | {"sat": "10:00-16:00"},
    help="Opening hours by weekday, as JSON, in PORTAL_SUPPORT_TZ.",
)
PORTAL_SUPPORT_TZ = env.text("PORTAL_SUPPORT_TZ", "America/New_York", help="Time zone of the support hours.")
PORTAL_SECURITY_EMAIL = env.text(
    "PORTAL_SECURITY_EMAIL", "security@northgate.test", help="Where security problems are reported."
)
