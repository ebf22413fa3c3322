"""What AWS enforces and MiniStack does not: the use of keys, and what services do with the roles they are given."""


def install():
    """Wraps MiniStack. Ends the process with the missing names when its version is another one."""
    from . import access, pollers, states, targets, wrap

    for module in (access, states, targets, pollers):
        module.install()
    wrap.check()
