import { isSet } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const PASSWORDS: Readonly<Record<string, string>> = {
  "aws:datasync/locationFsxWindows:LocationFsxWindows": "password",
  "aws:datasync/locationObjectStorage:LocationObjectStorage": "secretKey",
  "aws:datasync/locationSmb:LocationSmb": "password",
};

const rule: Rule = {
  types: Object.keys(PASSWORDS),
  check({ type, props, propertyDependencies }) {
    const property = PASSWORDS[type] ?? "password";
    if (type.includes("ObjectStorage") && !isSet(props[property])) return notApplicable("it is read anonymously");
    const from = propertyDependencies?.[property] ?? [];
    return from.some((urn) => /aws:secretsmanager\//.test(urn))
      ? compliant
      : violation(`${property} does not come from Secrets Manager`);
  },
};
export default rule;
