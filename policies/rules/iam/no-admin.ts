import { isReadable, isSet, listOf, statements } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";
import { ATTACHMENTS, IDENTITY_POLICIES } from "./documents";

const rule: Rule = {
  types: [...IDENTITY_POLICIES, ...ATTACHMENTS],
  check({ type, props }) {
    if (ATTACHMENTS.includes(type)) {
      if (!isSet(props.policyArn)) return violation("policyArn is not set: nobody knows what it allows");
      return /:policy\/AdministratorAccess$/.test(String(props.policyArn))
        ? violation("it attaches AdministratorAccess, which allows every action on every resource")
        : compliant;
    }
    if (!isReadable(props.policy)) return violation("it has no policy that can be read");
    return statements(props.policy).some(
      (statement) =>
        statement.Effect === "Allow" &&
        (statement.NotAction !== undefined || listOf(statement.Action).some((action) => /^\*(:\*)?$/.test(action))) &&
        (statement.NotResource !== undefined || listOf(statement.Resource).includes("*")),
    )
      ? violation("a statement allows every action on every resource")
      : compliant;
  },
};
export default rule;
