export default "portable";
