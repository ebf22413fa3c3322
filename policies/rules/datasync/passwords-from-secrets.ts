import { ENCRYPTION } from "../../levels";
import { isSet } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

const PASSWORDS: Readonly<Record<string, string>> = {
  "aws:datasync/locationFsxWindows:LocationFsxWindows": "password",
  "aws:datasync/locationObjectStorage:LocationObjectStorage": "secretKey",
  "aws:datasync/locationSmb:LocationSmb": "password",
};

export default rule({
  id: "datasync-2",
  title: "Passwords of transfers come from Secrets Manager",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_295"],
  suppressible: true,
  remediation: "Read the password from a secret: set secretArn of DataSyncTransfer.",
  types: Object.keys(PASSWORDS),
  check({ type, props, propertyDependencies }) {
    const property = PASSWORDS[type] ?? "password";
    if (type.includes("ObjectStorage") && !isSet(props[property]))
      return notApplicable("the location is read without credentials");
    const from = propertyDependencies?.[property] ?? [];
    return from.some((urn) => /aws:secretsmanager\//.test(urn))
      ? compliant
      : violation(`${property} does not come from Secrets Manager`);
  },
});
