import type { RequestCheck } from "../clients";
import { serviceModels } from "./models";
import { EVENT_RULES } from "./rules/events";
import { SCHEDULER_RULES } from "./rules/scheduler";
import { GLUE_RULES } from "./rules/glue";
import { POLICY_RULES } from "./rules/policy-document";
import { RDS_RULES } from "./rules/rds";
import { part, type Rule } from "./rules/rule";
import { S3_RULES } from "./rules/s3";
import { SERVICE_RULES } from "./rules/services";
import { validate } from "./validate";

/** The rules for requests that AWS refuses although its service models allow them, each with its documentation. */
export const RULES: readonly Rule[] = [
  ...EVENT_RULES,
  ...SCHEDULER_RULES,
  ...GLUE_RULES,
  ...POLICY_RULES,
  ...RDS_RULES,
  ...S3_RULES,
  ...SERVICE_RULES,
];

/** The identifiers that an emulator generates in a form that AWS never uses. */
const EMULATORS_OWN: readonly RegExp[] = [/^AppSync:(Get|Update|Delete)Function\.functionId:/];

/**
 * Checks requests as AWS would, with its service models and the additional rules. Emulators accept requests that AWS refuses; with this check
 * in front of them, an invalid request fails on this machine.
 *
 * @param models - Botocore's folder `data`; see `modelFolder`.
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
