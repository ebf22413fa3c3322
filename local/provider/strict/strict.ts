import type { RequestCheck } from "../clients";
import { serviceModels } from "./models";
import { EVENT_RULES } from "./rules/events";
import { GLUE_RULES } from "./rules/glue";
import { POLICY_RULES } from "./rules/policy-document";
import { RDS_RULES } from "./rules/rds";
import { part, type Rule } from "./rules/rule";
import { S3_RULES } from "./rules/s3";
import { SERVICE_RULES } from "./rules/services";
import { validate } from "./validate";

/** What AWS refuses although its service models do not say so; each with its documentation. */
export const RULES: readonly Rule[] = [
  ...EVENT_RULES,
  ...GLUE_RULES,
  ...POLICY_RULES,
  ...RDS_RULES,
  ...S3_RULES,
  ...SERVICE_RULES,
];

/** Identifiers that an emulator makes up as AWS never would. */
const EMULATORS_OWN: readonly RegExp[] = [/^AppSync:(Get|Update|Delete)Function\.functionId:/];

/**
 * Checks requests as AWS would, from its service models and the extra rules. Emulators swallow what AWS refuses; with this in front of
 * them a wrong request fails on this machine.
 *
 * @param models botocore's folder `data`, see `modelFolder`
 */
export function requestCheck(models: string): RequestCheck {
  const loaded = serviceModels(models);
  return (service, operation, params) => {
    const rules = RULES.filter((rule) => rule.service === service && rule.operations.includes(operation));
    const problems = validate(loaded.of(service), operation, params).filter(
      (problem) => !EMULATORS_OWN.some((own) => own.test(`${service}:${problem}`)),
    );
    return [...problems, ...rules.flatMap((rule) => rule.check(part(params)))];
  };
}
