import { PolicyPack } from "@pulumi/policy";
import { policies } from "./pack";

new PolicyPack("dataplatform", { policies });
