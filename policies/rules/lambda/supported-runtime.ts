import { shown } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
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

const rule: Rule = {
  types: ["aws:lambda/function:Function"],
  check({ props }) {
    if (props.packageType === "Image") return notApplicable("container images bring their own runtime");
    return SUPPORTED.includes(String(props.runtime))
      ? compliant
      : violation(`runtime is ${shown(props.runtime)}, which is not supported (any more)`);
  },
};
export default rule;
