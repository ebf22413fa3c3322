import { OTHER } from "../../levels";
import { shown } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

/** The runtimes that AWS supports: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html. */
const SUPPORTED = [
  "nodejs22.x",
  "nodejs24.x",
  "python3.11",
  "python3.12",
  "python3.13",
  "python3.14",
  "java17",
  "java21",
  "java25",
  "dotnet8",
  "dotnet10",
  "ruby3.3",
  "ruby3.4",
  "provided.al2023",
];

export default rule({
  id: "lambda-1",
  title: "Functions run on a supported runtime",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP Lambda.2", "CKV_AWS_363", "cdk-nag L1"],
  suppressible: true,
  remediation: "Set runtime to a supported one, for example nodejs24.x or python3.14.",
  types: ["aws:lambda/function:Function"],
  check({ props }) {
    if (props.packageType === "Image") return notApplicable("container images bring their own runtime");
    return SUPPORTED.includes(String(props.runtime))
      ? compliant
      : violation(`runtime is ${shown(props.runtime)}, which is not supported`);
  },
});
