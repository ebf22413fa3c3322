import { missingRights } from "../iam/missing";
import { ProgramPolicies } from "../iam/program";
import type { Lint } from "./lint";

/** Finds the requests of the deployed platform that its own policies would deny. */
export const iam: Lint = (resources) =>
  missingRights(new ProgramPolicies(resources)).map(({ need, message, remedy }) => ({
    lint: "iam",
    resource: need.by,
    message,
    remedy,
    source: need.source,
  }));
