import { listOf, statements } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

/** The role a location uses may touch its bucket, and no other. */
const rule: Rule = {
  types: ["aws:datasync/s3Location:S3Location"],
  check({ propertyDependencies }, stack) {
    const roles = (propertyDependencies?.s3Config ?? [])
      .map((urn) => stack.byUrn(urn))
      .filter((one) => one?.type === "aws:iam/role:Role")
      .filter((one) => one !== undefined);
    if (roles.length === 0) return notApplicable("its role is not of this stack");
    const open = roles
      .flatMap((role) => stack.referring(role, "aws:iam/rolePolicy:RolePolicy", "role", ["id", "name", "arn"]))
      .flatMap(({ props }) => statements(props.policy))
      .filter(({ Effect, Action }) => Effect !== "Deny" && listOf(Action).some((action) => /^(s3:|\*)/.test(action)))
      .some(({ Resource }) => listOf(Resource).some((arn) => arn === "*" || arn.endsWith(":::*")));
    return open ? violation("its role may use any bucket") : compliant;
  },
};
export default rule;
