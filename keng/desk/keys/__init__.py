"""The life of keys: an officer's own key, who holds a box's key, how a box's keys are made, renewed and recovered.

No private key passes here in the clear: browsers make them, the server keeps age files (`docs/sealed-mailbox.md` section 9).
"""
