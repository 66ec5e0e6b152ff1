export default "by the paths of tsconfig.json";
