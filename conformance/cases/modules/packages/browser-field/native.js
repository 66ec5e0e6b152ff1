export default "native";
