import junit from "junit-report-builder";
import { SarifBuilder, SarifResultBuilder, SarifRuleBuilder, SarifRunBuilder } from "node-sarif-builder";
import { isRefused, type ExemptionProblem, type Finding, type Report } from "./evaluate";
import { levelOf, TABLE, type TableRow } from "./table";

/** Exemptions are judged too. What is wrong with an exemption belongs to no rule of the table. */
const EXEMPTIONS = { id: "exemptions", title: "Exemptions are complete, in force and needed" };
const aboutExemption = ({ exemption, problem }: ExemptionProblem): string =>
  `exemption of ${exemption.resource} from ${exemption.rule} (${exemption.owner}): ${problem}`;

const line = ({ rule, resource, message }: Finding): string =>
  `${rule.id} ${resource.type}::${resource.name}: ${message}`;

/** A fault that AWS would show only after a deployment. No rule of the table finds it. */
export interface DeploymentProblem {
  /** The name of the check that found it. */
  readonly lint: string;
  readonly resource: { readonly urn: string; readonly type: string; readonly name: string };
  readonly message: string;
  readonly remedy: string;
  /** The page of AWS's documentation. */
  readonly source: string;
}

type Problems = readonly DeploymentProblem[];

/** A problem as sentences: what is wrong, how to mend it, and the page that says so. */
const described = ({ message, remedy, source }: DeploymentProblem): string =>
  `${message.replace(/\.$/, "")}. ${remedy} ${source}`;

const lintId = (lint: string): string => `lint-${lint}`;
const lintNames = (problems: Problems): string[] => [...new Set(problems.map(({ lint }) => lint))].sort();

/** The report as data for machines. The names of its fields are stable. */
export function jsonReport(report: Report, problems: Problems = []): string {
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
      refused: isRefused(report) || problems.length > 0,
      resources: report.resources,
      checks: report.checks,
      violations: report.violations.map(finding),
      unknown: report.unknown.map(finding),
      exempted: report.exempted.map((one) => ({ ...finding(one), exemption: one.exemption })),
      exemptionProblems: report.exemptionProblems,
      problems,
    },
    null,
    2,
  )}\n`;
}

/** The numbers by which code hosts sort findings. */
const SECURITY_SEVERITY = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" } as const;

const sarifRule = (row: TableRow): SarifRuleBuilder =>
  new SarifRuleBuilder({
    id: row.id,
    name: row.path,
    shortDescription: { text: row.title },
    help: { text: row.remediation },
    properties: { tags: ["security", ...row.maps], "security-severity": SECURITY_SEVERITY[row.severity] },
  });

/** The location of a resource. It has no line of its own, so its location is the program that makes it. */
const locationOf = ({ name, urn }: { readonly name: string; readonly urn: string }) => ({
  physicalLocation: { artifactLocation: { uri: "infra/index.ts" }, region: { startLine: 1 } },
  logicalLocations: [{ name, fullyQualifiedName: urn, kind: "resource" }],
});

/** A finding in SARIF. */
const sarifFinding = (finding: Finding, justification?: string): SarifResultBuilder =>
  new SarifResultBuilder({
    ruleId: finding.rule.id,
    level: finding.level === "mandatory" ? "error" : "warning",
    message: { text: `${finding.resource.name}: ${finding.message}. ${finding.rule.remediation}` },
    locations: [locationOf(finding.resource)],
    partialFingerprints: { resource: `${finding.rule.id}/${finding.resource.type}/${finding.resource.name}` },
    ...(justification === undefined ? {} : { suppressions: [{ kind: "external", justification }] }),
  });

/** The check that finds problems of a deployment, with the pages that its problems are based on. */
const sarifLint = (lint: string, problems: Problems): SarifRuleBuilder =>
  new SarifRuleBuilder({
    id: lintId(lint),
    name: lint,
    shortDescription: { text: "What AWS would refuse or drop after a deployment" },
    help: { text: [...new Set(problems.map(({ source }) => source))].join("\n") },
    properties: { tags: ["deployment"], "security-severity": SECURITY_SEVERITY.high },
  });

function sarifProblem(problem: DeploymentProblem): SarifResultBuilder {
  const { lint, resource, message } = problem;
  return new SarifResultBuilder({
    ruleId: lintId(lint),
    level: "error",
    message: { text: `${resource.name}: ${described(problem)}` },
    locations: [locationOf(resource)],
    partialFingerprints: { resource: `${lintId(lint)}/${resource.type}/${resource.name}/${message}` },
  });
}

const sarifExemption = (one: ExemptionProblem): SarifResultBuilder =>
  new SarifResultBuilder({
    ruleId: EXEMPTIONS.id,
    level: one.mandatory ? "error" : "warning",
    message: { text: aboutExemption(one) },
    locations: [
      { physicalLocation: { artifactLocation: { uri: "policies/exemptions.ts" }, region: { startLine: 1 } } },
    ],
    partialFingerprints: { resource: `${EXEMPTIONS.id}/${one.exemption.rule}/${one.exemption.resource}` },
  });

/** The report as SARIF 2.1.0, which code hosts show beside a change: https://docs.oasis-open.org/sarif/sarif/v2.1.0/. */
export function sarifReport(report: Report, problems: Problems = []): string {
  // Code hosts keep a run for each id, so that a report of one environment does not replace that of another.
  const run = new SarifRunBuilder({ automationDetails: { id: `policies/${report.environment}/` } });
  run.setToolDriverName("dataplatform policies");
  for (const row of TABLE) run.addRule(sarifRule(row));
  run.addRule(
    new SarifRuleBuilder({ id: EXEMPTIONS.id, name: EXEMPTIONS.id, shortDescription: { text: EXEMPTIONS.title } }),
  );
  for (const lint of lintNames(problems))
    run.addRule(
      sarifLint(
        lint,
        problems.filter((one) => one.lint === lint),
      ),
    );
  for (const problem of problems) run.addResult(sarifProblem(problem));
  for (const finding of [...report.violations, ...report.unknown]) run.addResult(sarifFinding(finding));
  for (const one of report.exempted) {
    const { reason, owner, expires } = one.exemption;
    run.addResult(sarifFinding(one, `${reason} (${owner}, until ${expires})`));
  }
  for (const problem of report.exemptionProblems) run.addResult(sarifExemption(problem));
  const sarif = new SarifBuilder({ $schema: "https://json.schemastore.org/sarif-2.1.0.json" });
  sarif.addRun(run);
  return `${sarif.buildSarifJsonString({ indent: true })}\n`;
}

/** The characters that XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets. */
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** A text that XML can hold, also in a CDATA section, which `]]>` would end. */
const forXml = (text: string): string => text.replace(IMPOSSIBLE, "\ufffd").replaceAll("]]>", "]] >");

/** Why the report says neither that a rule is met nor that it is violated, or undefined if it says so. */
function undecided(rule: TableRow, report: Report): string | undefined {
  if (levelOf(rule, report.environment) === "disabled") return `the rule is disabled in ${report.environment}`;
  if (!report.judged.has(rule.id)) return "the rule applies to none of the resources";
  const unknown = report.unknown.filter((finding) => finding.rule.id === rule.id);
  return unknown.length === 0 ? undefined : `not known before deployment:\n${unknown.map(line).join("\n")}`;
}

/**
 * The report as JUnit XML, with a test case for each rule, for servers that show test results. A rule fails by mandatory
 * violations. It is skipped if it judged no resource or could not decide about one.
 */
export function junitReport(report: Report, problems: Problems = []): string {
  const builder = junit.newBuilder();
  const suite = builder.testSuite().name(forXml(`policies ${report.environment}`));
  const testCase = (name: string, className: string, problems: readonly string[], skipped?: string): void => {
    const test = suite.testCase().name(name).className(className);
    if (problems.length > 0) {
      test.failure(problems.length === 1 ? "1 violation" : `${problems.length} violations`);
      test.stacktrace(forXml(problems.join("\n")));
    } else if (skipped !== undefined) test.skipped().standardOutput(forXml(skipped));
  };
  const refusing = report.violations.filter(({ level }) => level === "mandatory");
  for (const rule of TABLE) {
    const violations = refusing.filter((finding) => finding.rule.id === rule.id).map(line);
    testCase(
      `${rule.id} ${rule.title}`,
      `policies.${rule.path.replace("/", ".")}`,
      violations,
      undecided(rule, report),
    );
  }
  const exemptions = report.exemptionProblems.filter((problem) => problem.mandatory).map(aboutExemption);
  testCase(EXEMPTIONS.title, "policies.exemptions", exemptions);
  for (const lint of lintNames(problems)) {
    const found = problems.filter((one) => one.lint === lint);
    const lines = found.map((one) => `${one.resource.type}::${one.resource.name}: ${described(one)}`);
    testCase(`${lint}: AWS accepts and delivers what the program declares`, `lints.${lint}`, lines);
  }
  return builder.build();
}
