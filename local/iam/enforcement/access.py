"""The decisions: of requests, with the keys that they use, and of services that act with a role or as themselves."""

import contextvars
import hashlib

from . import keys
from .decisions import record
from .wrap import wrap

_request = contextvars.ContextVar("request", default=None)
"""The signed request that is decided: a key use depends on its method and headers."""

_implied = contextvars.ContextVar("implied", default=None)
"""The use of a key that was denied: (action, key)."""


def install():
    import ministack.core.iam_evaluator as evaluator

    wrap("core.iam_evaluator", "enforce", _enforce)
    wrap("core.iam_evaluator", "pin_signed_request", _pin)
    wrap("core.iam_actions", "access_denied_response", _response)
    wrap("services.glue", "_execute_subprocess", _run_job)
    # The loopback interface stands in for TLS: on AWS every client and service speaks it.
    wrap("app", "pin_request_origin", lambda original, address, _secure: original(address, True))
    evaluator._request_origin = contextvars.ContextVar("origin", default=("127.0.0.1", True))


def _pin(original, *args, **kwargs):
    import ministack.core.iam_evaluator as evaluator

    original(*args, **kwargs)
    _request.set(evaluator._signed_request.get())
    _implied.set(None)


def principal_of(access_key):
    """The ARN of a session or user. The account's root, who may do everything, is None."""
    from ministack.core.iam_evaluator import is_root_access_key, resolve_caller_identity

    if is_root_access_key(access_key):
        return None
    return (resolve_caller_identity(access_key) or {}).get("userArn")


def _enforce(original, access_key, action, service, region, resource_arn="*", service_context=None):
    denied = original(access_key, action, service, region, resource_arn, service_context)
    principal = principal_of(access_key)
    if principal is None:
        return denied
    if denied is not None:
        _note(principal, access_key, action, service, region, resource_arn, service_context, denied)
        return denied
    record(principal, action, resource_arn)
    for key_action, key, context in keys.used_by(action, resource_arn, region, _request.get()):
        denied = original(access_key, key_action, "kms", region, key, context)
        if denied is not None:
            _note(principal, access_key, key_action, "kms", region, key, context, denied)
            _implied.set((key_action, key))
            return denied
        record(principal, key_action, key)
    return None


def _note(principal, access_key, action, service, region, resource, context, denied):
    from ministack.core.iam_evaluator import AuthError

    if not isinstance(denied, AuthError):
        record(principal, action, resource, _denied_by(access_key, action, service, region, resource, context, denied))


def _denied_by(access_key, action, service, region, resource, context, denied):
    """The kind of policy that denied a request: identity, boundary, resource or key."""
    import ministack.core.iam_evaluator as evaluator
    from ministack.core.responses import get_account_id

    own = "key" if service == "kms" else "resource"
    if denied.resource_policy_arn:
        return own
    principal = evaluator.resolve_principal(access_key, get_account_id())
    if isinstance(principal, evaluator.AuthError) or principal.policies is None:
        return "identity"
    decision = evaluator.evaluate(
        evaluator.EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=principal.account,
            action=action,
            resource_arn=resource,
            region=region,
            service_context={name.lower(): value for name, value in (context or {}).items()},
            principal_keys=principal.keys,
        ),
        principal.policies,
    ).decision
    if decision == "Allow":
        return "boundary" if principal.limits else own
    return "identity"


def _response(original, service, action, principal_arn, request_id, **options):
    """Names the use of a key that was denied, with the error code of the service."""
    implied = _implied.get()
    if implied is None:
        return original(service, action, principal_arn, request_id, **options)
    _implied.set(None)
    message = denial(principal_arn, *implied)
    code = keys.DENIED_CODES.get(service, "")
    named = {"headers": options.get("headers"), "message": message, "error_code": code}
    return original(service, implied[0], principal_arn, request_id, **named)


def denial(principal, action, resource):
    """The sentence with which AWS denies a request."""
    return (
        f"User: {principal} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )


# ---- services that act -----------------------------------------------------------------------------------------------


def assume(role_arn, service, session, conditions=None):
    """
    Gives a service a session of a role: (access key, secret, token), or None if the role does not trust the service.
    `conditions` are the keys that the service states when it assumes the role.
    """
    import ministack.core.iam_evaluator as evaluator
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import iam, sts

    account = get_account_id()
    name = role_arn.rsplit("/", 1)[-1]
    role = iam._roles.get_scoped(account, None, name) or {}
    context = evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn="*",
        region=get_region(),
        service_context={"aws:sourceaccount": account, **(conditions or {})},
    )
    trust = evaluator.evaluate_resource_policy(role.get("AssumeRolePolicyDocument"), context, service=service)
    if trust.decision != "Allow":
        record(service, "sts:AssumeRole", role_arn, "trust")
        return None
    digest = hashlib.sha256(f"{role_arn}:{session}".encode()).hexdigest()
    access_key = f"ASIA{digest[:16].upper()}"
    if access_key not in sts._sessions:
        sts.register_session(
            access_key,
            {
                "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session[:64]}",
                "UserId": f"{role.get('RoleId', name)}:{session[:64]}",
                "SecretAccessKey": hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
                "SessionToken": hashlib.sha256(f"token:{digest}".encode()).hexdigest(),
            },
        )
    found = sts._sessions[access_key]
    return access_key, found["SecretAccessKey"], found["SessionToken"]


def denied_to_role(role_arn, service, session, action, resource, context=None, conditions=None):
    """Why AWS denies an action to a service that acts with a role: a sentence, or None if the action is allowed."""
    return contextvars.copy_context().run(
        _denied_to_role, role_arn, service, session, action, resource, context, conditions
    )


def _denied_to_role(role_arn, service, session, action, resource, context, conditions):
    import ministack.core.iam_evaluator as evaluator
    from ministack.core.responses import get_region

    # The request that caused the action was another principal's.
    for variable in (evaluator._signed_request, _request, _implied):
        variable.set(None)
    evaluator._anonymous.set(False)
    credentials = assume(role_arn, service, session, conditions)
    if credentials is None:
        return f"{service} is not authorized to assume the role {role_arn}"
    denied = evaluator.enforce(credentials[0], action, action.split(":")[0], get_region(), resource, context)
    if denied is None:
        return None
    return denial(getattr(denied, "principal_arn", role_arn), *(_implied.get() or (action, resource)))


def allowed_to_service(service, action, resource, policy, conditions):
    """Says whether a resource's policy allows an action to a service, which states only these condition keys."""
    import ministack.core.iam_evaluator as evaluator
    from ministack.core.responses import get_region

    context = evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context={name.lower(): value for name, value in conditions.items()},
    )
    allowed = evaluator.evaluate_resource_policy(policy or "", context, service=service).decision == "Allow"
    by = "key" if action.startswith("kms:") else "resource"
    record(service, action, resource, None if allowed else by)
    return allowed


def _run_job(original, run, job, args, resolved):
    """Runs a Glue job with a session of its role, as Glue does. The job's arguments become its variables."""
    credentials = assume(job.get("Role", ""), "glue.amazonaws.com", "GlueJobRunnerSession")
    if credentials is None:
        run["JobRunState"] = "FAILED"
        run["ErrorMessage"] = f"Role {job.get('Role')} should be given assume role permissions for Glue Service."
        return None
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return original(run, job, {**args, **dict(zip(names, credentials))}, resolved)
