import { listOf, statements } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";
import { IDENTITY_POLICIES } from "./documents";

const rule: Rule = {
  types: IDENTITY_POLICIES,
  check: ({ props }) =>
    statements(props.policy).some(
      (statement) =>
        statement.Effect === "Allow" &&
        listOf(statement.Action).some((action) => /^\*(:\*)?$/.test(action)) &&
        listOf(statement.Resource).includes("*"),
    )
      ? violation("a statement allows every action on every resource")
      : compliant,
};
export default rule;
