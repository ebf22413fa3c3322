import { z } from "zod";
import { logRetentionDays } from "../../core/log-retention";
import { reference, textInput, type Resolved } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";
import type { SecureBucket } from "../../storage/secure-bucket";
import { checkLocation, locationSettings } from "./locations";
import { transferOptionSettings } from "./options";
import { schedule } from "./schedule";

const agent = z
  .strictObject({
    ipAddress: textInput()
      .optional()
      .describe("Where the machine that deploys reaches the agent, port 80, to ask it for its activation key."),
    activationKey: textInput()
      .optional()
      .describe("A key that was got elsewhere. It is good for half an hour and once."),
    privateLink: z
      .strictObject({
        vpcEndpointId: textInput(),
        endpointAddress: textInput(),
        subnetArn: textInput(),
        securityGroupArn: textInput(),
      })
      .optional()
      .describe("Lets the agent reach DataSync by PrivateLink instead of its public endpoint."),
  })
  .describe("An agent that is activated with the deployment; it has to run already.");

const patterns = z.array(z.string().regex(/^\/[^|]+$|^\*[^|]*$/, "patterns that begin with / (or *), without |"));

export const dataSyncTransferSettings = z.strictObject({
  source: locationSettings.describe("Where files come from."),
  destination: locationSettings.describe("Where files go."),
  schedule,
  bidirectional: z
    .boolean()
    .default(false)
    .describe(
      "A second task brings back what is new at the destination. It never overwrites and never removes, so that nothing goes in circles: of a file that was changed on both sides the source's version stays.",
    ),
  options: transferOptionSettings.prefault({}).describe("How files are transferred."),
  include: patterns
    .default([])
    .describe("Only these files and folders, each beginning with a slash; `*` at the beginning or the end of a part."),
  exclude: patterns.default([]).describe("Files and folders that stay where they are."),
  agents: z
    .record(z.string(), agent)
    .default({})
    .describe("Agents that are activated here and used for both ends, by role."),
  reports: z
    .strictObject({
      bucket: reference<SecureBucket>("SecureBucket").describe("Where reports go."),
      prefix: z.string().optional().describe("The folder of the reports; `datasync-reports/<name>/` when unset."),
      level: z.enum(["errors", "all"]).default("errors").describe("Reports errors, or every file."),
    })
    .optional()
    .describe("A report of every run: files that were transferred, skipped, verified, removed, and that failed."),
  logRetentionDays,
});

export type TransferSettings = Resolved<typeof dataSyncTransferSettings>;

/** Checks what no single setting can tell. */
export function checkTransfer(settings: TransferSettings, check: ArgumentCheck): void {
  const { source, destination, bidirectional, options, agents } = settings;
  const activated = Object.keys(agents).length;
  checkLocation("source", source, activated, check);
  checkLocation("destination", destination, activated, check);
  check.require(
    !(options.transfer === "all" && options.deleted === "remove"),
    "options.deleted",
    options.deleted,
    'keep, with transfer "all": DataSync only knows what is gone when it compares',
  );
  check.require(
    !bidirectional || options.deleted === "keep",
    "options.deleted",
    options.deleted,
    "keep, when bidirectional: what is new on one side would be removed as missing on the other",
  );
  check.require(
    !bidirectional || options.metadata === "preserve",
    "options.metadata",
    options.metadata,
    "preserve, when bidirectional: without times every file would differ for ever",
  );
  for (const [role, { ipAddress, activationKey }] of Object.entries(agents)) {
    const isOne = (ipAddress === undefined) !== (activationKey === undefined);
    check.require(isOne, `agents.${role}`, ipAddress ?? activationKey, "ipAddress or activationKey, one of them");
  }
}
