export default "worker";
