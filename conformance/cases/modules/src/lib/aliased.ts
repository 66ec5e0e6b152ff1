export default "by an alias of package.json";
