import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck } from "../../core/validate";

/** Who may not even ask: too many requests from one address, known attackers, known attacks. */
export type Firewall =
  | "none"
  | { readonly webAclArn: pulumi.Input<string> }
  | {
      /** Requests of one address in five minutes, 10 to 2000000000. Default 2000. */
      readonly requestsPerFiveMinutes?: number;
    };

const DEFAULT_RATE = 2000;

/** AWS's own lists: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html */
const MANAGED = [
  "AWSManagedRulesAmazonIpReputationList",
  "AWSManagedRulesCommonRuleSet",
  "AWSManagedRulesKnownBadInputsRuleSet",
];

export function checkFirewall(firewall: Firewall, check: ArgumentCheck): void {
  if (firewall !== "none" && !("webAclArn" in firewall)) {
    check.integer("firewall.requestsPerFiveMinutes", firewall.requestsPerFiveMinutes, 10, 2_000_000_000);
  }
}

/** Puts a web ACL before an API. */
export function protect(
  name: string,
  firewall: Firewall,
  resourceArn: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): void {
  if (firewall === "none") return;
  const webAclArn =
    "webAclArn" in firewall
      ? firewall.webAclArn
      : webAcl(name, firewall.requestsPerFiveMinutes ?? DEFAULT_RATE, options);
  new aws.wafv2.WebAclAssociation(`${name}-firewall-association`, { resourceArn, webAclArn }, options);
}

function webAcl(name: string, limit: number, options: pulumi.CustomResourceOptions): pulumi.Output<string> {
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
    options,
  ).arn;
}
