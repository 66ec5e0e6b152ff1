export default "browser";
