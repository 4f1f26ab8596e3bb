"""Connections that the portal makes to addresses it was given: by a phone, or by a setting.

``addresses`` says which may be used at all, ``network`` connects to them: the name is resolved once, the connection
goes to the very address that was checked, and no redirect is followed.
See docs/decisions/0018-notifications-on-phones.md.
"""

from portal.lib.outgoing.addresses import AddressRefused, Endpoint, check_url, is_host, is_public
from portal.lib.outgoing.network import Network

__all__ = ["AddressRefused", "Endpoint", "Network", "check_url", "is_host", "is_public"]
