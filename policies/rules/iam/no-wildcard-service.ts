import { isReadable, listOf, statements } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";
import { IDENTITY_POLICIES } from "./documents";

const rule: Rule = {
  types: IDENTITY_POLICIES,
  check({ props }) {
    if (!isReadable(props.policy)) return violation("it has no policy that can be read");
    const wide = statements(props.policy)
      .filter((statement) => statement.Effect === "Allow")
      .flatMap((statement) =>
        statement.NotAction === undefined
          ? listOf(statement.Action).filter((action) => /^[\w-]*:?\*$/.test(action))
          : ["NotAction"],
      );
    return wide.length === 0 ? compliant : violation(`${[...new Set(wide)].join(", ")} allows all of a service`);
  },
};
export default rule;
