/** Label names that the API accepts. */
export const LABEL_PATTERN = /^[\p{L}\p{N}_ &'()+,./-]{1,50}$/u;
