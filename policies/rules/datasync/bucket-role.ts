import { OTHER } from "../../levels";
import { get, isReadable, isSet, listOf, statements } from "../../predicates";
import { compliant, notApplicable, type PolicyResource, rule, type StackView, violation } from "../../rule";

const ROLE = "aws:iam/role:Role";

/** The role of a location must not be allowed to use every bucket. */
export default rule({
  id: "datasync-4",
  title: "Transfer roles may use only their own bucket",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Name the ARN of the bucket in the role's policy.",
  types: ["aws:datasync/s3Location:S3Location"],
  check(location, stack) {
    const roles = rolesOf(location, stack);
    if (roles.length === 0) return notApplicable("its role is not part of this stack");
    const policies = roles
      .flatMap((role) => stack.referring(role, "aws:iam/rolePolicy:RolePolicy", "role", ["id", "name", "arn"]))
      .map(({ props }) => props.policy);
    if (!policies.every(isReadable)) return violation("its role has a policy that cannot be read");
    const open = policies
      .flatMap(statements)
      .filter(({ Effect }) => Effect !== "Deny")
      .filter(({ Action, NotAction }) => NotAction !== undefined || listOf(Action).some((one) => /^(s3:|\*)/.test(one)))
      .some(
        ({ Resource, NotResource }) =>
          NotResource !== undefined || listOf(Resource).some((arn) => arn === "*" || /:::\*/.test(arn)),
      );
    return open ? violation("its role may use every bucket") : compliant;
  },
});

/** Finds the role of a location by dependency if it is known, and otherwise by ARN. */
function rolesOf({ props, propertyDependencies }: PolicyResource, stack: StackView): readonly PolicyResource[] {
  const urns = propertyDependencies?.s3Config ?? [];
  const roles = stack.ofType(ROLE).filter(({ urn }) => urns.includes(urn));
  if (roles.length > 0) return roles;
  const arn = get(props, "s3Config.bucketAccessRoleArn");
  return isSet(arn) ? stack.ofType(ROLE).filter((role) => role.props.arn === arn) : [];
}
