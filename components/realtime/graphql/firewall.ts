import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Scope } from "../../core/scope";
import { reference, type Resolved, type Settings } from "../../core/settings";

export const firewallSettings = z.strictObject({
  webAclArn: reference<pulumi.Input<string>>("ARN of a web ACL")
    .optional()
    .describe("A web ACL that exists already, in place of the API's own."),
  requestsPerFiveMinutes: z
    .int()
    .min(10)
    .max(2_000_000_000)
    .default(2000)
    .describe("Requests of one address in five minutes. The firewall blocks an address that sends more.")
    .meta({ safer: "lower" }),
});

export const firewall = z.union([z.literal("none"), firewallSettings]);

/** What stands between callers and an API: it blocks too many requests of one address, known attackers and known attacks. */
export type Firewall = Settings<typeof firewall>;

/** AWS's own lists: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html. */
const MANAGED = [
  "AWSManagedRulesAmazonIpReputationList",
  "AWSManagedRulesCommonRuleSet",
  "AWSManagedRulesKnownBadInputsRuleSet",
];

/** Puts a web ACL before an API. */
export function protect(scope: Scope, settings: Resolved<typeof firewall>, resourceArn: pulumi.Input<string>): void {
  if (settings === "none") return;
  const webAclArn = settings.webAclArn ?? webAcl(scope, settings.requestsPerFiveMinutes);
  new aws.wafv2.WebAclAssociation(`${scope.name}-firewall-association`, { resourceArn, webAclArn }, scope.child());
}

function webAcl(scope: Scope, limit: number): pulumi.Output<string> {
  const { name } = scope;
  const seen = (metricName: string): aws.types.input.wafv2.WebAclVisibilityConfig => ({
    cloudwatchMetricsEnabled: true,
    sampledRequestsEnabled: true,
    metricName,
  });
  return new aws.wafv2.WebAcl(
    `${name}-firewall`,
    {
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: seen(name),
      rules: [
        {
          name: "too-many-requests",
          priority: 0,
          action: { block: {} },
          statement: { rateBasedStatement: { limit, aggregateKeyType: "IP", evaluationWindowSec: 300 } },
          visibilityConfig: seen(`${name}-too-many-requests`),
        },
        ...MANAGED.map((group, index) => ({
          name: group,
          priority: index + 1,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: "AWS", name: group } },
          visibilityConfig: seen(`${name}-${group}`),
        })),
      ],
    },
    scope.child(),
  ).arn;
}
