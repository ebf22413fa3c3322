import type { Finding, Report } from "./evaluate";
import { isRefused } from "./evaluate";
import { TABLE } from "./table";

type ExemptionProblem = Report["exemptionProblems"][number];

/** Exemptions are judged too; what is wrong with one belongs to no rule of the table. */
const EXEMPTIONS = { id: "exemptions", title: "Exemptions are complete, in force and needed" };
const aboutExemption = ({ exemption, problem }: ExemptionProblem): string =>
  `exemption of ${exemption.resource} from ${exemption.rule} (${exemption.owner}): ${problem}`;

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
  const exemption = (one: ExemptionProblem): object => ({
    ruleId: EXEMPTIONS.id,
    level: one.mandatory ? "error" : "warning",
    message: { text: aboutExemption(one) },
    locations: [
      { physicalLocation: { artifactLocation: { uri: "policies/exemptions.ts" }, region: { startLine: 1 } } },
    ],
    partialFingerprints: { resource: `${EXEMPTIONS.id}/${one.exemption.rule}/${one.exemption.resource}` },
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
              rules: [
                ...TABLE.map((row) => ({
                  id: row.id,
                  name: row.path,
                  shortDescription: { text: row.title },
                  help: { text: row.remediation },
                  properties: { tags: ["security", ...row.maps], "security-severity": severities[row.severity] },
                })),
                { id: EXEMPTIONS.id, name: EXEMPTIONS.id, shortDescription: { text: EXEMPTIONS.title } },
              ],
            },
          },
          // Reports of several environments stand side by side: one does not replace another.
          automationDetails: { id: `policies/${report.environment}/` },
          results: [
            ...[...report.violations, ...report.unknown].map((finding) => result(finding)),
            ...report.exempted.map((one) =>
              result(one, `${one.exemption.reason} (${one.exemption.owner}, until ${one.exemption.expires})`),
            ),
            ...report.exemptionProblems.map(exemption),
          ],
        },
      ],
    },
    null,
    2,
  )}\n`;
}

/** XML 1.0 has no place for control characters, escaped or not: https://www.w3.org/TR/xml/#charsets */
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const escaped = (text: string): string =>
  text
    .replace(IMPOSSIBLE, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** JUnit XML: one test case a rule, for servers that show test results. */
export function junitReport(report: Report): string {
  const mandatory = report.violations.filter(({ level }) => level === "mandatory");
  const rules = TABLE.map((row) => ({
    name: `${row.id} ${row.title}`,
    classname: `policies.${row.path.replace("/", ".")}`,
    problems: mandatory.filter(({ rule }) => rule.id === row.id).map(line),
  }));
  const exemptions = {
    name: EXEMPTIONS.title,
    classname: "policies.exemptions",
    problems: report.exemptionProblems.filter((one) => one.mandatory).map(aboutExemption),
  };
  const all = [...rules, exemptions];
  const cases = all.map(({ name, classname, problems }) => {
    const head = `    <testcase name="${escaped(name)}" classname="${escaped(classname)}"`;
    if (problems.length === 0) return `${head}/>`;
    const count = problems.length === 1 ? "1 violation" : `${problems.length} violations`;
    return `${head}>\n      <failure message="${count}">${escaped(problems.join("\n"))}</failure>\n    </testcase>`;
  });
  const failures = all.filter(({ problems }) => problems.length > 0).length;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="policies ${escaped(report.environment)}" tests="${all.length}" failures="${failures}">
${cases.join("\n")}
  </testsuite>
</testsuites>
`;
}
