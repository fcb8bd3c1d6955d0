/** The functions of CloudFormation, in the form that needs no tags of YAML, so that overrides see plain objects. */
export const ref = (name: string): object => ({ Ref: name });
export const sub = (text: string): object => ({ 'Fn::Sub': text });
export const attribute = (resource: string, name: string): object => ({ 'Fn::GetAtt': [resource, name] });
