import type { Finding, Report } from "./evaluate";
import { isRefused } from "./evaluate";
import { TABLE } from "./table";

const line = ({ rule, resource, message }: Finding): string =>
  `${rule.id} ${resource.type}::${resource.name}: ${message}`;

/** The report as data: stable names, for machines. */
export function jsonReport(report: Report): string {
  const finding = ({ rule, level, resource, message }: Finding): object => ({
    rule: rule.id,
    title: rule.title,
    severity: rule.severity,
    level,
    maps: rule.maps,
    resource: { urn: resource.urn, type: resource.type, name: resource.name },
    message,
    remediation: rule.remediation,
  });
  return `${JSON.stringify(
    {
      environment: report.environment,
      refused: isRefused(report),
      resources: report.resources,
      checks: report.checks,
      violations: report.violations.map(finding),
      unknown: report.unknown.map(finding),
      exempted: report.exempted.map((one) => ({ ...finding(one), exemption: one.exemption })),
      exemptionProblems: report.exemptionProblems,
    },
    null,
    2,
  )}\n`;
}

/** SARIF 2.1.0, which code hosts show beside a change: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function sarifReport(report: Report): string {
  const severities = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" } as const;
  const result = (finding: Finding, suppressed?: string): object => ({
    ruleId: finding.rule.id,
    level: finding.level === "mandatory" ? "error" : "warning",
    message: { text: `${finding.resource.name}: ${finding.message}. ${finding.rule.remediation}` },
    locations: [
      {
        // Resources have no line of their own: the program is where they are made.
        physicalLocation: { artifactLocation: { uri: "infra/index.ts" }, region: { startLine: 1 } },
        logicalLocations: [{ name: finding.resource.name, fullyQualifiedName: finding.resource.urn, kind: "resource" }],
      },
    ],
    partialFingerprints: { resource: `${finding.rule.id}/${finding.resource.type}/${finding.resource.name}` },
    ...(suppressed ? { suppressions: [{ kind: "external", justification: suppressed }] } : {}),
  });
  return `${JSON.stringify(
    {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: {
            driver: {
              name: "dataplatform policies",
              rules: TABLE.map((row) => ({
                id: row.id,
                name: row.path,
                shortDescription: { text: row.title },
                help: { text: row.remediation },
                properties: { tags: ["security", ...row.maps], "security-severity": severities[row.severity] },
              })),
            },
          },
          results: [
            ...[...report.violations, ...report.unknown].map((finding) => result(finding)),
            ...report.exempted.map((one) =>
              result(one, `${one.exemption.reason} (${one.exemption.owner}, until ${one.exemption.expires})`),
            ),
          ],
        },
      ],
    },
    null,
    2,
  )}\n`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** JUnit XML: one test case a rule, for servers that show test results. */
export function junitReport(report: Report): string {
  const mandatory = report.violations.filter(({ level }) => level === "mandatory");
  const cases = TABLE.map((row) => {
    const mine = mandatory.filter(({ rule }) => rule.id === row.id);
    const name = `name="${escaped(`${row.id} ${row.title}`)}" classname="policies.${row.path.replace("/", ".")}"`;
    if (mine.length === 0) return `    <testcase ${name}/>`;
    return `    <testcase ${name}>\n      <failure message="${mine.length} violations">${escaped(mine.map(line).join("\n"))}</failure>\n    </testcase>`;
  });
  const failures = new Set(mandatory.map(({ rule }) => rule.id)).size;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="policies ${escaped(report.environment)}" tests="${TABLE.length}" failures="${failures}">
${cases.join("\n")}
  </testsuite>
</testsuites>
`;
}
